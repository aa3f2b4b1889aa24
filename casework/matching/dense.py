"""What texts mean, as directions: two that are about the same lie close, whatever words they use.

A model of the kind BERT (all-MiniLM-L6-v2) in a forward pass of its own, with numpy alone. `matching/directions.py` compares them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from casework.matching.word_pieces import Pieces

#: What a direction has, and how many pieces of a text are read.
WIDTH, MOST_PIECES = 384, 256
_HEADS = 12
_EPSILON = 1e-12


class Model:
    """The weights of a model, as its makers keep them in a folder."""

    def __init__(self, folder: Path) -> None:
        self.pieces = Pieces((folder / "vocab.txt").read_text("utf-8").splitlines())
        written = (folder / "model.safetensors").read_bytes()
        #: Directions of one version alone are compared.
        self.version = f"all-MiniLM-L6-v2 {hashlib.sha256(written).hexdigest()[:8]}"
        self._read(written)

    def _read(self, written: bytes) -> None:
        begin = 8 + int.from_bytes(written[:8], "little")
        named: dict[str, Any] = json.loads(written[8:begin])

        def of(name: str) -> np.ndarray:
            at, end = named[name]["data_offsets"]
            return np.frombuffer(written[begin + at : begin + end], "<f4").reshape(named[name]["shape"])

        def linear(*names: str) -> tuple[np.ndarray, np.ndarray]:
            weights = np.concatenate([of(f"{name}.weight") for name in names]).T
            return np.ascontiguousarray(weights), np.concatenate([of(f"{name}.bias") for name in names])

        def norm(name: str) -> tuple[np.ndarray, np.ndarray]:
            return of(f"{name}.LayerNorm.weight"), of(f"{name}.LayerNorm.bias")

        self._words = of("embeddings.word_embeddings.weight")
        self._places = of("embeddings.position_embeddings.weight") + of("embeddings.token_type_embeddings.weight")[0]
        self._first = norm("embeddings")
        self._layers: list[Any] = []
        while f"encoder.layer.{len(self._layers)}.output.dense.weight" in named:
            layer = f"encoder.layer.{len(self._layers)}"
            asking = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
            self._layers.append(
                (
                    linear(*asking),
                    linear(f"{layer}.attention.output.dense"),
                    norm(f"{layer}.attention.output"),
                    linear(f"{layer}.intermediate.dense"),
                    linear(f"{layer}.output.dense"),
                    norm(f"{layer}.output"),
                )
            )

    def _passed(self, pieces: Sequence[int]) -> np.ndarray:
        """What each piece means where it stands."""
        x = _normed(self._words[list(pieces)] + self._places[: len(pieces)], *self._first)
        wide = WIDTH // _HEADS
        for (w_ask, b_ask), (w_out, b_out), norm_out, (w_in, b_in), (w_back, b_back), norm_back in self._layers:
            q, k, v = (x @ w_ask + b_ask).reshape(len(x), 3, _HEADS, wide).transpose(1, 2, 0, 3)
            heard = q @ k.transpose(0, 2, 1)
            heard *= np.float32(wide**-0.5)
            heard -= heard.max(axis=-1, keepdims=True)
            np.exp(heard, out=heard)
            heard /= heard.sum(axis=-1, keepdims=True)
            x = _normed((heard @ v).transpose(1, 0, 2).reshape(len(x), WIDTH) @ w_out + b_out + x, *norm_out)
            x = _normed(_gelu(x @ w_in + b_in) @ w_back + b_back + x, *norm_back)
        return x

    def floats(self, sentences: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The direction of a text, of length one, and those of its sentences, as far as they are read."""
        pieces, ends = [self.pieces.begin], [1]
        for sentence in sentences:
            pieces += self.pieces.of(sentence)
            ends.append(min(len(pieces), MOST_PIECES - 1))
        del pieces[MOST_PIECES - 1 :]
        x = self._passed([*pieces, self.pieces.end])
        whole = x.mean(axis=0)
        parts = [x[at:end].mean(axis=0) for at, end in zip(ends, ends[1:], strict=False) if at < end]
        return whole / np.sqrt((whole * whole).sum()), parts


def _normed(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    x = x - x.mean(axis=-1, keepdims=True)
    x *= weight / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
    x += bias
    return x


def _gelu(x: np.ndarray) -> np.ndarray:
    # By the hyperbolic tangent, since numpy has no error function: closer than a thousandth.
    inner = x * x
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= x
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.5)
    return inner
