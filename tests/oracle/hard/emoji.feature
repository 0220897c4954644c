# language: em
📚: f
  💤: b
    😐x
  📕: s
    😂y
    🎬z
    🙏w
    😔v
  📖: o
    😐<a>
    📓: e
      | a |
      | 😀 |
