Feature: f
  @a
  Background:
    Given x
