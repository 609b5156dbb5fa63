"""Statements that a connection plans once, and runs in every look."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.sql import Composed


def one_row(statement: Composed, given: Mapping[str, Any]) -> tuple[Any, ...]:
    """Run a statement and return its row; planned the first time only, which takes longer than most run.

    Django binds values into the text and forbids the driver to prepare, so that every look would plan anew.
    A statement of constant text leaves them apart: 8 ms of the database become 1 ms.

    Args:
        statement: SQL of constant text that gives one row.
        given: Its values, by name.

    Raises:
        django.db.Error: What the database refuses.
    """
    connection.ensure_connection()
    driver = connection.connection
    forbidden, driver.prepare_threshold = driver.prepare_threshold, 0
    try:
        with connection.wrap_database_errors, psycopg.Cursor(driver) as cursor:
            cursor.execute(statement, given, prepare=True)
            row: tuple[Any, ...] = cursor.fetchone() or ()
    finally:
        driver.prepare_threshold = forbidden
    return row
