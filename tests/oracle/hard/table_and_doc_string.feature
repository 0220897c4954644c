Feature: both
  Scenario: s
    Given table first
      | a | b |
      # between
      | c | d |

      """
      text
      """
    Given text first
      ```
      text
      ```
      # between
      | a |
