Feature: f
# a

  b

# c
  Scenario: s
  # d

    # e
  Scenario: t
  # f
  g
