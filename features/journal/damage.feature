Feature: A journal is good up to its first damage
  Where a record ends, only its header says. So a reader believes nothing
  behind the first bad record, and a writer that opens the journal again
  cuts it off there.

  The offsets: a journal begins with a header of 16 bytes, and each record
  with one of 20.

  Background:
    Given the 'writer' process creates journal 'events'
    And the 'writer' process appends 2 records with size '80'

  @priority:P0
  Scenario: The torn record of a crashed writer is found, cut off and replaced
    When the 'writer' process dies while appending record with size '1000'
    Then the 'writer' process should have exited with code 3
    When the 'reader' process reads journal 'events'
    Then the 'reader' process should find 2 records and damage at byte 216: 'torn'

    When the 'writer' process starts
    And the 'writer' process opens journal 'events' for appending
    Then the 'writer' process should have cut off 520 bytes
    When the 'writer' process appends text 'back again'
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find 3 records and no damage
    And the 'reader' process should find text 'back again' in record 3

  Scenario: Nothing behind a damaged record is believed
    When the 'writer' process appends 2 records with size '80'
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find 4 records and no damage
    When the 'writer' process damages record 3 of journal 'events'
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find 2 records and damage at byte 216: 'wrong checksum'

  @reader:cpp
  Scenario: Another process takes over the journal of a dead one
    When the 'writer' process dies while appending record with size '10'
    Then the 'writer' process should have exited with code 3
    When the 'successor' process opens journal 'events' for appending
    Then the 'successor' process should have cut off 25 bytes
    When the 'successor' process appends 1 record with size '5000'
    And the 'reader' process reads journal 'events'
    Then the 'reader' process should find 3 records and no damage
    And the 'reader' process should find size '80' in record 2
    And the 'reader' process should find size '5000' in record 3
