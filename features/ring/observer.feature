Feature: Observers look into a ring without taking anything out
  Any number of processes may watch a ring. They never move an index, so
  writer and reader do not notice them.

  @observer:python
  Scenario: An observer sees what waits, and the reader still gets it
    Given the 'writer' process creates ring 'frames' with 4 slots of 64 bytes
    And the 'reader' process opens ring 'frames' for reading
    And the 'observer' process observes ring 'frames'
    When the 'writer' process writes text 'first'
    And the 'writer' process writes text 'second'
    Then the 'observer' process should see 2 frames waiting
    And the 'observer' process should see frame 1 with text 'first'
    And the 'observer' process should see frame 2 with text 'second'
    When the 'reader' process reads text 'first'
    Then the 'observer' process should see 1 frame waiting
    And the 'observer' process should see frame 1 with text 'first'
    And the 'reader' process should read text 'second'
    And the 'observer' process should see 0 frames waiting

  @writer:python @reader:cpp
  Scenario: A frame is gone for an observer once its slot is used again
    Given the 'writer' process creates ring 'frames' with 2 slots of 64 bytes
    And the 'reader' process opens ring 'frames' for reading
    And the 'observer' process observes ring 'frames'
    When the 'writer' process writes text 'first'
    And the 'writer' process writes text 'second'
    And the 'reader' process reads text 'first'
    And the 'writer' process writes text 'third'
    Then the 'observer' process should see that frame 1 was overwritten
    And the 'observer' process should see frame 3 with text 'third'
    And the 'reader' process should read text 'second'
    And the 'reader' process should read text 'third'
