"""The store of photos: a folder or an S3-compatible one; names in it are random and tell nothing."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages


def put(key: UUID, *, photo: bytes, thumbnail: bytes) -> None:
    """Keep a photo and its thumbnail; the same again replaces them.

    Raises:
        Exception: Whatever the store says when it does not take them.
    """
    store = _store()
    store.save(_name(key), ContentFile(photo))
    store.save(_thumbnail(key), ContentFile(thumbnail))


def photo(key: UUID) -> "File[Any]":
    """Return the photo, open.

    Raises:
        FileNotFoundError: If it is not there.
    """
    return _store().open(_name(key))


def thumbnail(key: UUID) -> "File[Any]":
    """Return the thumbnail, open.

    Raises:
        FileNotFoundError: If it is not there.
    """
    return _store().open(_thumbnail(key))


def free_percent() -> float:
    """Return how much of the disk of the folder is free, %; 100 for a store that is no folder."""
    store = _store()
    if not isinstance(store, FileSystemStorage):
        return 100.0
    folder = Path(store.location)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return 100 * usage.free / usage.total


def _store() -> Storage:
    return storages["photos"]


def _name(key: UUID) -> str:
    return f"{key.hex[:2]}/{key}.jpg"


def _thumbnail(key: UUID) -> str:
    return f"{key.hex[:2]}/{key}-thumbnail.jpg"
