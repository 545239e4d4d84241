"""What does a file that is to be replayed say? As text, unpacked if it is packed."""

import gzip
import zlib
from pathlib import Path


def text_of(path: Path, *, wrong: type[Exception]) -> str:
    """
    Return the text of a file, of a `.gz` what it unpacks to; what is no UTF-8 stands as replacement characters.

    :raises wrong: in one sentence, if the file cannot be read or is cut short
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (EOFError, zlib.error):
        raise wrong(f"{path.name}: a whole gzip file was expected, this one is cut short.") from None
    except OSError as error:
        raise wrong(f"{path.name}: a readable file was expected; {error.strerror or error}.") from None
    return content.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")
