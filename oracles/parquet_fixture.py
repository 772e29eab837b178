"""Writes test/fixtures/data/reviews.parquet, reviews-gzip.parquet and reviews-lz4.parquet: four reviews as Hugging Face data sets keep them.

    python oracles/parquet_fixture.py        (pyarrow)

Class names stand in the schema's metadata, as `datasets` writes them; `meta` and `tags` are columns that are no text or number.
"""
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

out = Path(__file__).parent.parent / "test/fixtures/data"
out.mkdir(parents=True, exist_ok=True)
table = pa.table(
    {
        "text": ["A film that stays with you.", 'Two "hours",\nlost.', "Größe", "dull"],
        "label": pa.array([1, 0, 1, 0], pa.int64()),
        "stars": pa.array([4.5, 1.0, None, 2.0], pa.float64()),
        "tags": [["a", "b"], [], ["c"], []],
        "meta": [{"id": i} for i in range(4)],
    }
)
features = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["negative", "positive"], "_type": "ClassLabel"},
}
named = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
pq.write_table(named, out / "reviews.parquet", row_group_size=3)
pq.write_table(table, out / "reviews-gzip.parquet", compression="gzip")
pq.write_table(table.select(["text", "label"]), out / "reviews-lz4.parquet", compression="lz4")
