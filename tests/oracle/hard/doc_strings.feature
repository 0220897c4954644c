Feature: doc strings
  Scenario: s
    Given one
    """
      more
    less
  still less
　wide
    """
    Given two
    ```text/x <a>
    """
    \`\`\` and \`\`\`
    \"\"\"
    ```
    Given three
        """xml  with  spaces  
        \"\"\" first \"\"\" second
        """ behind
    Given four
    """
    """
    Given five
    """"
    """"
