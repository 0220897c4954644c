# language: ja
機能: f
  シナリオ: s
    前提x
    もしy
    ならばz
    かつw
    しかしv
    但しu
    ただしt
    * r
