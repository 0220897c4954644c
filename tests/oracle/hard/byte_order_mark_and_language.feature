# language: fr
Fonctionnalité: f
  Scénario: s
    Étant donné x
    Et y
