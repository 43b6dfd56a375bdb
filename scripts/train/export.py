"""Export a checkpoint to ONNX and quantise it to int8.

    python export.py --checkpoint EPOCH.pt --encoder MINILM --out FOLDER [--config TUNED.json] [--note TEXT]

Writes model.onnx (encoder and span head, int8), heads.onnx (clusters, pairs, figures), tokenizer.json and config.json, and the
fp32 encoder beside them under fp32/.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from decode import BOUNDS, BUCKETS, FEATURES, MAX_WIDTH, RELATIONS, ROLES, TYPES
from model import HIDDEN, Extractor, load_encoder
from torch import Tensor, nn

OPSET = 17


class Encode(nn.Module):
    """The encoder pass alone, as ONNX wants it."""

    def __init__(self, net: Extractor) -> None:
        super().__init__()
        self.net = net

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, pool: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        return self.net.encode(input_ids, attention_mask, token_type_ids, pool)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--checkpoint", required=True)
    args.add_argument("--encoder", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--config", help="config.json with tuned decoding options")
    args.add_argument("--note", default="")
    o = args.parse_args()
    import onnxruntime
    import transformers
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out = Path(o.out)
    (out / "fp32").mkdir(parents=True, exist_ok=True)
    net = Extractor(load_encoder(o.encoder, attention="eager"))
    net.load_state_dict(torch.load(o.checkpoint, map_location="cpu", weights_only=True))
    net.eval()
    s, w, m, c, n = 40, 30, 9, 6, 4
    ids = torch.randint(1000, 2000, (2, s))
    torch.onnx.export(
        Encode(net),
        (ids, torch.ones_like(ids), torch.zeros_like(ids), torch.rand(2, w, s)),
        str(out / "fp32" / "model.onnx"),
        input_names=["input_ids", "attention_mask", "token_type_ids", "pool"],
        output_names=["words", "doc", "spans"],
        dynamic_axes={
            "input_ids": {0: "B", 1: "S"},
            "attention_mask": {0: "B", 1: "S"},
            "token_type_ids": {0: "B", 1: "S"},
            "pool": {0: "B", 1: "W", 2: "S"},
            "words": {0: "B", 1: "W"},
            "doc": {0: "B"},
            "spans": {0: "B", 1: "W"},
        },
        opset_version=OPSET,
        dynamo=False,
    )
    inputs = {
        "words": torch.rand(2, w, HIDDEN),
        "doc": torch.rand(2, HIDDEN),
        "spans": torch.randint(0, w, (2, m, 2)),
        "assign": torch.rand(2, c, m),
        "kinds": torch.randint(0, 6, (2, c)),
        "feats": torch.rand(2, c, FEATURES),
        "pair": torch.randint(0, BUCKETS, (2, c, c)),
        "figures": torch.randint(0, w, (2, n, 2)),
        "near": torch.randint(0, BUCKETS, (2, n, c)),
    }
    axes = {
        "words": "BW",
        "doc": "B",
        "spans": "BM",
        "assign": "BCM",
        "kinds": "BC",
        "feats": "BC",
        "pair": "BCC",
        "figures": "BN",
        "near": "BNC",
        "entity": "BC",
        "relation": "BCC",
        "result": "BN",
        "bound": "BN",
        "link": "BNC",
    }
    torch.onnx.export(
        net.heads,
        tuple(inputs.values()),
        str(out / "fp32" / "heads.onnx"),
        input_names=list(inputs),
        output_names=["entity", "relation", "result", "bound", "link"],
        dynamic_axes={k: dict(enumerate(v)) for k, v in axes.items()},
        opset_version=OPSET,
        dynamo=False,
    )
    # Seven bits of weight: products never overflow 16 bits, so processors with and without VNNI add up alike.
    for name in ("model.onnx", "heads.onnx"):
        quantize_dynamic(
            str(out / "fp32" / name), str(out / name), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
    shutil.copy(Path(o.encoder) / "tokenizer.json", out / "tokenizer.json")
    decode = json.loads(Path(o.config).read_text("utf-8"))["decode"] if o.config else None
    if decode is None and (out / "config.json").exists():
        decode = json.loads((out / "config.json").read_text("utf-8")).get("decode")
    config = {
        "types": TYPES,
        "relations": RELATIONS,
        "roles": ROLES,
        "bounds": BOUNDS,
        "max_width": MAX_WIDTH,
        "max_subwords": 512,
        "base": {
            "name": "all-MiniLM-L6-v2",
            "licence": "Apache-2.0",
            "sha256": sha(Path(o.encoder) / "model.safetensors"),
        },
        "versions": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "onnxruntime": onnxruntime.__version__,
            "opset": OPSET,
        },
        "files": {n: sha(out / n) for n in ("model.onnx", "heads.onnx", "tokenizer.json")},
        "note": o.note,
        "decode": decode,
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    for f in ("config.json", "tokenizer.json"):
        shutil.copy(out / f, out / "fp32" / f)
    for f in sorted(out.rglob("*.onnx")):
        print(f, f"{f.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
