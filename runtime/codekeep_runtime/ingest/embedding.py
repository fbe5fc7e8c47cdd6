"""Second phase of ingest: embeds chunks that are already searchable by text."""

from dataclasses import dataclass

from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.text import embedding_text
from codekeep_runtime.index.interface import VectorWriter
from codekeep_runtime.ingest.progress import Counter, Phase, ignore_progress

_BATCH = 1024  # chunks


@dataclass(frozen=True)
class Embedding:
    vectors: VectorWriter
    embedder: Embedder

    def run(self, counter: Counter | None = None) -> int:
        """Embeds every chunk without a vector and returns how many. After a kill the next call continues.

        Raises:
            EmbedFault: the embedder failed; vectors stored so far stay.
        """
        counter, done = counter or Counter(ignore_progress, Phase.EMBED), 0
        while chunks := self.vectors.unembedded(_BATCH):
            counter.expect(len(chunks))
            vectors = self.embedder.documents([embedding_text(chunk) for chunk in chunks])
            self.vectors.put_vectors({chunk.id: vector for chunk, vector in zip(chunks, vectors, strict=True)})
            done += len(chunks)
            counter.step(len(chunks))
        return done
