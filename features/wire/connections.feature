@network
Feature: Connections come and go
  Who is done says BYE and waits for the answer. A connection that ends in
  any other way is broken, and the receiver goes on listening.

  Scenario: A killed sender leaves a broken connection and may come back
    Given the 'receiver' process listens
    And the 'sender' process connects to 'receiver'
    When the 'sender' process sends 2 messages with size '50'
    And the 'sender' process is killed
    Then the 'receiver' process should have seen the connection break

    When the 'sender' process starts
    And the 'sender' process connects to 'receiver'
    And the 'sender' process sends 1 message with size '50'
    Then the 'receiver' process should have received 3 messages with size '50'

  @left:python @right:node
  Scenario: Two senders at once do not get in each other's way
    Given the 'receiver' process listens
    And the 'left' process connects to 'receiver'
    And the 'right' process connects to 'receiver'
    When the 'left' process starts to send 100 messages with size '2000'
    And the 'right' process starts to send 100 messages with size '2000'
    Then the 'left' process should have sent 100 messages
    And the 'right' process should have sent 100 messages
    And the 'receiver' process should have received 200 messages with size '2000'
