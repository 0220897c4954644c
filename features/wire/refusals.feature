@network
Feature: What is wrong on the wire is refused by name
  A receiver that gets a frame it must not accept says why in an ERROR frame,
  and then gives up the connection: what follows could not be trusted.

  Scenario: A message with a wrong checksum is refused
    Given the 'receiver' process listens
    And the 'sender' process connects to 'receiver'
    When the 'sender' process sends 2 messages with size '100'
    And the 'sender' process sends a message with a wrong checksum
    Then the 'sender' process should have been told 'wrong checksum'
    And the 'receiver' process should have received 2 messages with size '100'

  Scenario: The receiver says how long a message may be
    A sender that keeps to the protocol does not even try. One that does not
    is refused as soon as it has said how much is to come.

    Given the 'receiver' process listens for messages of at most 1000 bytes
    And the 'sender' process connects to 'receiver'
    When the 'sender' process sends 1 message with size '1000'
    Then the 'sender' process should refuse to send a message with size '1001'
    When the 'sender' process announces a message with size '1001'
    Then the 'sender' process should have been told 'too long'
    And the 'receiver' process should have received 1 message with size '1000'
