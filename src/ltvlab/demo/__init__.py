"""A fictional company: exports as a CRM and a billing system give them, with known answers."""

from ltvlab.demo.exports import write_exports

__all__ = ["write_exports"]
