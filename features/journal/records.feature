Feature: Records stay in a journal
  A journal is a file that only grows. Each record has a kind (bytes, text or
  json), a number and a checksum. images/FORMATS.md has the layout.

  Background:
    Given the 'writer' process creates journal 'events'

  @priority:P0
  Scenario: Records are found in the order in which they were appended
    When the 'writer' process appends the records:
      | kind | payload            |
      | text | started            |
      | json | {"temperature":21} |
      | text |                    |
      | text | 温度は 21 ℃        |
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find the records:
      | kind | payload            |
      | text | started            |
      | json | {"temperature":21} |
      | text |                    |
      | text | 温度は 21 ℃        |

  Scenario: A document keeps its media type
    The media type behind the quotes says which kind of record it becomes.

    When the 'writer' process appends the document:
      """application/json
      {
        "frames": [1, 2, 3],
        "note": "a \"quoted\" word"
      }
      """
    And the 'writer' process appends the document:
      ```text/plain
      Three quotes """ may stand in a document between backticks.
      ```
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find the document in record 1:
      """application/json
      {
        "frames": [1, 2, 3],
        "note": "a \"quoted\" word"
      }
      """
    And the 'reader' process should find the document in record 2:
      ```text/plain
      Three quotes """ may stand in a document between backticks.
      ```

  Scenario: A reader follows the journal while it is written
    Given the 'reader' process follows journal 'live' until record 300
    When the 'writer' process creates journal 'live'
    And the 'writer' process appends 300 records with size '700'
    Then the 'reader' process should have followed 300 records with size '700'
