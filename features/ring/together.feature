Feature: Writer and reader of a ring work at the same time
  The two know of each other only through the ring's two indexes: who has
  nothing to do looks again a moment later.

  @priority:P0
  Scenario: A reader that is early waits for the writer
    The reader begins before there even is a ring.

    Given the 'reader' process waits for 3 frames from ring 'frames'
    When the 'writer' process creates ring 'frames' with 8 slots of 256 bytes
    And the 'writer' process writes 3 frames with size '200'
    Then the 'reader' process should have received 3 frames with size '200'

  Scenario: A writer that is ahead waits for the reader
    200 frames go through 4 slots, so that both have to wait many times.

    Given the 'writer' process creates ring 'frames' with 4 slots of 256 bytes
    And the 'reader' process opens ring 'frames' for reading
    When the 'writer' process starts to write 200 frames with size '256'
    Then the 'reader' process should read 200 frames with size '256' as they come
    And the 'writer' process should have written 200 frames
    And the 'reader' process should find the ring empty
