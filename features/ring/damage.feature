Feature: A ring survives damage and crashes
  Each frame has a checksum and a mark that says whether it is complete, so
  that a reader never takes half a frame, or a damaged one, for a frame.

  Background:
    Given the 'writer' process creates ring 'frames' with 8 slots of 512 bytes
    And the 'reader' process opens ring 'frames' for reading

  @priority:P0
  Scenario: A damaged frame is reported and passed over
    When the 'writer' process writes 3 frames with size '400'
    And the 'writer' process damages frame 2
    Then the 'reader' process should read frame with size '400'
    And the 'reader' process should find frame 2 damaged: 'wrong checksum'
    And the 'reader' process should read frame with size '400'
    And the 'reader' process should find the ring empty

  Scenario: A writer that dies in the middle of a frame goes on after its restart
    When the 'writer' process writes 2 frames with size '100'
    And the 'writer' process dies while writing frame with size '500'
    Then the 'writer' process should have exited with code 3
    And the 'reader' process should read 2 frames with size '100'
    And the 'reader' process should find the ring empty
    And the 'reader' process should see half a frame behind frame 2

    When the 'writer' process starts
    And the 'writer' process opens ring 'frames' for writing
    Then the 'writer' process should have discarded 1 half frame
    When the 'writer' process writes frame with size '300'
    Then the 'reader' process should read frame with size '300'

  Scenario: Frames outlive the writer that wrote them
    When the 'writer' process writes 2 frames with size '512'
    And the 'writer' process is killed
    Then the 'reader' process should read 2 frames with size '512'

    When the 'writer' process starts
    And the 'writer' process opens ring 'frames' for writing
    Then the 'writer' process should have discarded 0 half frames
    When the 'writer' process writes frame with size '8'
    Then the 'reader' process should read frame with size '8'
