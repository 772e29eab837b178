"""Texts that break tokenizers, the same for the same seed."""

import random


def hard_strings(count, seed):
    """Random mixtures of what breaks tokenizers, led by the cases worth naming."""
    rng = random.Random(seed)
    yield from ["", " ", "\n\t", "a", "x" * 100, "x" * 101, "é" * 101, "y" * 10_000, "word " * 100_000, "ΟΔΟΣ ΣΑΣ Σ", "İstanbul",
                "a\u200bb", "zero\u200d width\ufeff join", "a\x0bb a\x85b a\u2028b", "\u00a0non\u00a0break\u3000", "日本語テキスト中文",
                "\U00020000\U0002a6df ext", "👩‍👩‍👧‍👦 family 👍🏽", "e\u0301 é ñ Å ﬁ ﬀ", "한국어 각 텍스트", "𝕳𝖊𝖑𝖑𝖔", "[MASK] x[SEP]y [mask] [UNK]ed [CLS",
                "...!!!???", "$3.50—“quoted”…’s", "don't can't won't I'm they'll", "�bad\x00nul", "\u0378unassigned\U0010ffff",
                "<s> a </s></s> <mask> b<pad>", "  <mask>  x", "ß ẞ ŉ ǰ ΐ", "\u1e9b\u0323", "٣٤٥ ௧ Ⅷ ½", "سلام שלום हिन्दी ไทย"]
    ranges = [(0x20, 0x7e)] * 6 + [(0, 0x1f), (0x7f, 0xff), (0x100, 0x24f), (0x300, 0x36f), (0x370, 0x5ff), (0x900, 0xdff),
              (0x1e00, 0x1fff), (0x2000, 0x206f), (0x20a0, 0x2bff), (0x3000, 0x30ff), (0x3400, 0x9fff), (0xac00, 0xd7a3),
              (0xf900, 0xffff), (0x10000, 0x1ffff), (0x1f300, 0x1faff), (0x20000, 0x2ffff), (0xe0000, 0xe01ff)]
    common = "the of and film movie not good bad isn't unbelievable [MASK] [SEP] <mask> </s>".split()
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 30)):
            if rng.random() < 0.5:
                parts.append(rng.choice(common))
            else:
                low, high = rng.choice(ranges)
                parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 8))))
            parts.append(rng.choice(["", " ", " ", " ", "  ", "\n", ", "]))
        yield "".join(parts)
