"""What the compiler has to say: a class for each kind of finding, and the ways to draw it."""
