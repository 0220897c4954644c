Feature: f
  Rule:
  Rule: b
    Background:
  Rule:
    Example:
    Examples:
