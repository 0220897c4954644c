Feature: Frames cross a ring
  A ring is a file in the folder that all processes of a case share. One
  process writes frames into it, one reads them, in the same order; neither
  has to be written in the same language. images/FORMATS.md has the layout.

  Background:
    Given the 'writer' process creates ring 'frames' with 4 slots of 1024 bytes
    And the 'reader' process opens ring 'frames' for reading

  @priority:P0
  Scenario Outline: A frame of <size> bytes arrives as it was written
    When the 'writer' process writes frame with size '<size>'
    Then the 'reader' process should read frame with size '<size>'
    And the 'reader' process should find the ring empty

    Examples: nothing at all, and all that a slot holds
      | size |
      | 0    |
      | 1024 |

  Scenario: Text arrives in every script, with its line breaks
    When the 'writer' process writes text 'Grüße, 世界! 🚀'
    And the 'writer' process writes the text:
      """
      "Quoted", 'quoted' and \back\slashed,

        indented, with an é made of two: é.
      """
    Then the 'reader' process should read text 'Grüße, 世界! 🚀'
    And the 'reader' process should read the text:
      """
      "Quoted", 'quoted' and \back\slashed,

        indented, with an é made of two: é.
      """

  Rule: A ring has room for as many frames as it has slots

    Scenario: A full ring takes no frame until one is read
      When the 'writer' process writes 4 frames with size '64'
      Then the 'writer' process should have no room for another frame
      When the 'reader' process reads 1 frame with size '64'
      And the 'writer' process writes frame with size '64'
      Then the 'reader' process should read 4 frames with size '64'
      And the 'reader' process should find the ring empty

    Scenario: Slots are used again, round after round
      When the 'writer' process writes 3 frames with size '1000'
      Then the 'reader' process should read 3 frames with size '1000'
      When the 'writer' process writes 4 frames with size '17'
      Then the 'reader' process should read 4 frames with size '17'
      When the 'writer' process writes 2 frames with size '1024'
      Then the 'reader' process should read 2 frames with size '1024'
      And the 'reader' process should find the ring empty

    Scenario: A ring of two slots carries frames of one megabyte
      Given the 'writer' process creates ring 'big' with 2 slots of 1048576 bytes
      And the 'reader' process opens ring 'big' for reading
      When the 'writer' process writes 2 frames with size '1048576'
      Then the 'reader' process should read 2 frames with size '1048576'
      When the 'writer' process writes frame with size '1048575'
      Then the 'reader' process should read frame with size '1048575'
