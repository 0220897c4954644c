garbage
@a b
garbage
