Feature: café
  Scenario: â‚ ğŸ˜ ÿş À€ í €
    Given xô€€
      | Ã | ğŸ |
