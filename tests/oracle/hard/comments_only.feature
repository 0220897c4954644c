# one
  # two

# language : en
#three