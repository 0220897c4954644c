@network
Feature: Messages cross the wire
  The sender connects to the receiver over TCP. Both say hello, then each
  message is acknowledged before the next one goes out. images/FORMATS.md
  has the layout.

  Background:
    Given the 'receiver' process listens
    And the 'sender' process connects to 'receiver'

  @priority:P0
  Scenario: Messages arrive in order, whatever is in them
    When the 'sender' process sends the messages:
      | payload              |
      | first                |
      |                      |
      | a pipe \| in a table |
      | naïve café ☕        |
    Then the 'receiver' process should have received the messages:
      | payload              |
      | first                |
      |                      |
      | a pipe \| in a table |
      | naïve café ☕        |

  Scenario: A message of three megabytes arrives in one piece
    When the 'sender' process sends 1 message with size '3145728'
    Then the 'receiver' process should have received 1 message with size '3145728'
    When the 'sender' process closes the connection
    Then the 'receiver' process should have seen the connection close
