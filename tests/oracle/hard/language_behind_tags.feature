@a
# language: de
Feature: f
