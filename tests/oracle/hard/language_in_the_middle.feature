# comment
# language: de
# language: fr
Funktionalität: f
  # language: en
  Szenario: s
    Angenommen x
    Und y
    Gegeben sei z
    * w
