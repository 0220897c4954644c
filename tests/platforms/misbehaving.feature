# Each scenario ends as its own outcome; the tests beside this file know which. @container: what only a container
# keeps within bounds. @bounded: what must not be tried where no cgroup may be made.
@step-timeout:3000
Feature: Servers that misbehave

  Scenario: first of all, one that does not
    When the 'x' process answers

  Scenario: silence
    When the 'x' process says nothing

  Scenario: half a line
    When the 'x' process prints half a line

  Scenario: no JSON
    When the 'x' process prints a line that is no JSON

  Scenario: deep JSON
    When the 'x' process answers with arrays 1000000 deep

  Scenario: another id
    When the 'x' process answers with the id 99

  Scenario: two answers
    When the 'x' process answers twice
    And the 'x' process answers

  Scenario: too large an answer
    When the 'x' process answers with 17 MiB

  Scenario: a large answer that is allowed
    When the 'x' process answers with 15 MiB

  Scenario: closed stdout
    When the 'x' process closes its stdout

  Scenario: exit within a step
    When the 'x' process exits with code 3

  Scenario: exit between steps
    When the 'x' process answers and exits with code 0
    And the 'y' process answers

  Scenario: exit before the next step
    When the 'x' process answers and exits with code 4
    And the 'y' process answers
    And the 'x' process answers

  Scenario: exit that is expected
    When the 'x' process answers and exits with code 4
    Then the 'x' process should have exited with code 4

  Scenario: crash
    When the 'x' process dies of signal 11

  Scenario: expected crash
    When the 'x' process dies of signal 11
    Then the 'x' process should have exited with code 139

  @step-timeout:20000
  Scenario: flood of lines
    When the 'x' process floods stdout with 1024 MiB of lines

  @step-timeout:20000
  Scenario: flood without a newline
    When the 'x' process floods stdout with 1024 MiB without a newline

  @step-timeout:60000
  Scenario: flood of stderr
    When the 'x' process floods stderr with 1024 MiB

  @step-timeout:60000
  Scenario: flood of log notifications
    When the 'x' process floods the log with 200 MiB

  @bounded
  Scenario: fork bomb that gives up
    When the 'x' process forks while it can

  @bounded
  Scenario: fork bomb that does not
    When the 'x' process explodes

  Scenario: memory
    When the 'x' process eats memory

  Scenario: memory, as expected
    When the 'x' process eats memory
    Then the 'x' process should have been killed for memory

  @container
  Scenario: files in memory count as memory
    When the 'x' process fills /tmp/file

  @container @memory:256m
  Scenario: full disk
    When the 'x' process fills /tmp/file

  @container
  Scenario: read-only root
    When the 'x' process fills /app/file

  Scenario: ignores everything
    When the 'x' process ignores shutdown, the end of stdin and SIGTERM

  Scenario: ends on SIGTERM only
    When the 'x' process will end on SIGTERM only

  Scenario: exit code at shutdown
    When the 'x' process will exit with code 23 at shutdown

  Scenario: children left behind
    When the 'x' process leaves children behind

  Scenario: undefined step
    When the 'x' process does what nobody knows

  Scenario: last of all, one that does not
    When the 'x' process answers

  @container
  Scenario: limits are in force
    Then the 'x' process sees
      | memory                 | 67108864                |
      | swap                   | 0                       |
      | cpus                   | 0.5                     |
      | pids                   | 40                      |
      | user                   | 65534:65534             |
      | effective capabilities | 0000000000000000        |
      | bounding capabilities  | 0000000000000000        |
      | no new privileges      | 1                       |
      | seccomp                | 2                       |
      | root                   | Read-only file system   |
      | application            | Read-only file system   |
      | tmp                    | writable                |
      | interfaces             | lo                      |
      | core files             | 0                       |
      | engine socket          | False                   |
      | processes              | 1                       |
