"""The network: a MiniLM encoder, a span head, and heads over clusters, pairs of clusters and figures."""

from __future__ import annotations

import torch
from decode import BOUNDS, BUCKETS, FEATURES, MAX_WIDTH, RELATIONS, ROLES, TYPES
from torch import Tensor, nn

HIDDEN = 384
SPAN_DIM = 48
CLUSTER_DIM = 256
PAIR_DIM = 128


class SpanHead(nn.Module):
    """Scores every span of up to MAX_WIDTH words: start x end (one matmul), plus what stands inside, plus width.

    The first len(TYPES) channels say "required entity", the rest "entity, required or optional".
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.channels = 2 * len(TYPES)
        self.start = nn.Sequential(nn.Dropout(dropout), nn.Linear(HIDDEN, 256), nn.GELU())
        self.end = nn.Sequential(nn.Dropout(dropout), nn.Linear(HIDDEN, 256), nn.GELU())
        self.start_key = nn.Linear(256, self.channels * SPAN_DIM)
        self.end_key = nn.Linear(256, self.channels * SPAN_DIM)
        self.start_bias = nn.Linear(256, self.channels)
        self.end_bias = nn.Linear(256, self.channels)
        self.inside = nn.Linear(HIDDEN, self.channels)
        self.width = nn.Parameter(torch.zeros(MAX_WIDTH, self.channels))
        nn.init.constant_(self.start_bias.bias, -3.0)

    def forward(self, words: Tensor) -> Tensor:
        """[B, W, D] to [B, W, MAX_WIDTH, channels]; spans that run past the end are garbage, the caller masks them."""
        batch, size, _ = words.shape
        start, end = self.start(words), self.end(words)
        keys = self.start_key(start).view(batch, size, self.channels, SPAN_DIM).transpose(1, 2)
        others = self.end_key(end).view(batch, size, self.channels, SPAN_DIM).transpose(1, 2)
        grid = keys @ others.transpose(2, 3) / SPAN_DIM**0.5  # [B, C, W, W]
        first = torch.arange(size, device=words.device)[:, None]
        step = torch.arange(MAX_WIDTH, device=words.device)[None]
        last = torch.clamp(first + step, max=size - 1)  # [W, K]
        band = grid.gather(3, last[None, None].expand(batch, self.channels, size, MAX_WIDTH)).permute(0, 2, 3, 1)
        flat = last.reshape(-1)
        ends = self.end_bias(end).index_select(1, flat).view(batch, size, MAX_WIDTH, self.channels)
        inner = self.inside(words)
        total = inner.cumsum(1)
        within = total.index_select(1, flat).view(batch, size, MAX_WIDTH, self.channels) - (total - inner)[:, :, None]
        within = within / (step + 1)[None, :, :, None]
        return band + ends + within + self.start_bias(start)[:, :, None] + self.width


class Heads(nn.Module):
    """Scores clusters (is it a required entity of a type?), pairs of clusters (relations) and figures (results and links)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.mention = nn.Sequential(nn.Dropout(dropout), nn.Linear(3 * HIDDEN, CLUSTER_DIM), nn.GELU())
        self.figure = nn.Sequential(nn.Dropout(dropout), nn.Linear(3 * HIDDEN, CLUSTER_DIM), nn.GELU())
        self.doc = nn.Sequential(nn.Dropout(dropout), nn.Linear(HIDDEN, CLUSTER_DIM), nn.GELU())
        self.feature = nn.Linear(FEATURES, CLUSTER_DIM)
        self.entity = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(2 * CLUSTER_DIM, 128), nn.GELU(), nn.Linear(128, len(TYPES))
        )
        self.kind = nn.Embedding(len(TYPES) + 1, CLUSTER_DIM)
        self.drop = nn.Dropout(dropout)
        self.head, self.tail = nn.Linear(CLUSTER_DIM, PAIR_DIM), nn.Linear(CLUSTER_DIM, PAIR_DIM)
        self.near = nn.Embedding(BUCKETS, PAIR_DIM)
        self.pair = nn.Linear(PAIR_DIM, len(RELATIONS))
        self.head_key = nn.Linear(CLUSTER_DIM, len(RELATIONS) * 32)
        self.tail_key = nn.Linear(CLUSTER_DIM, len(RELATIONS) * 32)
        self.result = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(CLUSTER_DIM, 64), nn.GELU(), nn.Linear(64, 1 + len(BOUNDS))
        )
        self.figure_side, self.cluster_side = nn.Linear(CLUSTER_DIM, PAIR_DIM), nn.Linear(CLUSTER_DIM, PAIR_DIM)
        self.figure_near = nn.Embedding(BUCKETS, PAIR_DIM)
        self.link = nn.Linear(PAIR_DIM, len(ROLES))
        self.figure_key = nn.Linear(CLUSTER_DIM, len(ROLES) * 32)
        self.cluster_key = nn.Linear(CLUSTER_DIM, len(ROLES) * 32)
        nn.init.constant_(self.pair.bias, -2.0)

    @staticmethod
    def gather(words: Tensor, spans: Tensor) -> Tensor:
        """First word, last word and mean of spans [B, M, 2]: [B, M, 3D]."""
        place = torch.arange(words.shape[1], device=words.device)[None, None]
        first, last = spans[..., :1], spans[..., 1:]
        inside = ((place >= first) & (place <= last)).to(words.dtype)
        inside = inside / inside.sum(2, keepdim=True).clamp(min=1)
        at_first, at_last = (place == first).to(words.dtype), (place == last).to(words.dtype)
        return torch.cat([at_first @ words, at_last @ words, inside @ words], -1)

    def forward(
        self,
        words: Tensor,
        doc: Tensor,
        spans: Tensor,
        assign: Tensor,
        kinds: Tensor,
        feats: Tensor,
        pair: Tensor,
        figures: Tensor,
        near: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Logits: entity [B, C, T], relation [B, C, C, R], result [B, N], bound [B, N, 4], link [B, N, C, roles].

        `assign` [B, C, M] averages mentions into clusters; row 0 is the paper (for links: none).
        """
        paper = self.doc(doc)
        clusters = assign @ self.mention(self.gather(words, spans)) + self.feature(feats)
        entity = self.entity(torch.cat([clusters, paper[:, None].expand_as(clusters)], -1))
        is_paper = (kinds == 0).to(words.dtype)[..., None]
        clusters = self.drop(clusters * (1 - is_paper) + paper[:, None] * is_paper + self.kind(kinds))
        batch, _size, _ = clusters.shape

        def keyed(layer: nn.Linear, x: Tensor) -> Tensor:
            return layer(x).view(batch, x.shape[1], -1, 32).transpose(1, 2)

        hidden = nn.functional.gelu(self.head(clusters)[:, :, None] + self.tail(clusters)[:, None] + self.near(pair))
        bilinear = keyed(self.head_key, clusters) @ keyed(self.tail_key, clusters).transpose(2, 3) / 32**0.5
        relation = self.pair(hidden) + bilinear.permute(0, 2, 3, 1)
        figure = self.figure(self.gather(words, figures))
        verdict = self.result(figure)
        hidden = nn.functional.gelu(
            self.figure_side(figure)[:, :, None] + self.cluster_side(clusters)[:, None] + self.figure_near(near)
        )
        bilinear = keyed(self.figure_key, figure) @ keyed(self.cluster_key, clusters).transpose(2, 3) / 32**0.5
        link = self.link(hidden) + bilinear.permute(0, 2, 3, 1)
        return entity, relation, verdict[..., 0], verdict[..., 1:], link


class Extractor(nn.Module):
    """Encoder and heads. `encode` runs once a paper; `heads` runs on any clusters afterwards."""

    def __init__(self, encoder: nn.Module, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = encoder
        self.spans = SpanHead(dropout)
        self.heads = Heads(dropout)

    def encode(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, pool: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Word vectors [B, W, D], document vector [B, D], span logits [B, W, K, 2T]."""
        out = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        words = pool @ out
        mask = attention_mask[..., None].to(out.dtype)
        doc = (out * mask).sum(1) / mask.sum(1)
        return words, doc, self.spans(words)


def load_encoder(folder: str, dropout: float = 0.1, attention: str = "sdpa") -> nn.Module:
    """BERT from a folder with config.json and model.safetensors."""
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(folder)
    config.hidden_dropout_prob, config.attention_probs_dropout_prob = dropout, 0.0  # attention dropout is slow on CPU
    return AutoModel.from_pretrained(folder, config=config, add_pooling_layer=False, attn_implementation=attention)
