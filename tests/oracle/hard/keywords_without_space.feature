# language: zh-CN
功能: f
  场景: s
    假如x
    当y
    那么 z
    而且w
    假设v
  场景大纲: o
    假如<a>
    例子:
      | a |
      | 1 |
