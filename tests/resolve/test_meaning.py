import pytest

from kg.resolve.meaning import agree, groups


@pytest.mark.parametrize(
    ("one", "other"),
    [("ZibNet", "zib-net"), ("convolution neural network", "convolutional neural networks"),
     ("structural similarity", "Structural Similarity Index Measure"), ("the zib of nets", "zib nets"),
     ("graph zib", "a big graph of the zib"), ("abcd net", "abcde net"), ("abcdef net", "abcdefghij net"),
     ("zib graph model", "zib graph methods"), ("zib graph", "graph zib graph"), ("graph zib", "graph zib graph"), ("abcd net", "abcdxyz net")],
)  # fmt: skip
def test_these_say_the_same(one: str, other: str) -> None:
    assert agree(one, other)
    assert agree(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("graph", "graph zib"),  # one word says too little
     ("graph model", "graph zib"), ("tensor processing unit", "Trusted Processing Units"), ("multimodal zib", "multilingual zib"),
     ("graph zib", "zib graph"),  # in another order
     ("abc net", "abd net"),  # three letters shared are too few
     ("abcde net", "abcdefghij net"),  # and so is half of the longer word
     ("abcd net", "abcdwxyz net"), ("abxdefgh net", "abcdefgh net"), ("model of the", "of the model"), ("a graph", "graph in")],
)  # fmt: skip
def test_these_do_not(one: str, other: str) -> None:
    assert not agree(one, other)
    assert not agree(other, one)


def test_groups_are_by_meaning_and_in_order() -> None:
    names = ["zib nets", "the zib net", "zonal nets", "zib network of zonal net", "alpha beta"]
    assert groups(names) == groups(reversed(names)) == [["alpha beta"], ["the zib net", "zib nets", "zib network of zonal net", "zonal nets"]]  # fmt: skip
    assert groups([]) == []
    assert groups(["b b", "a a", "b b"]) == [["a a"], ["b b"]]
