"""A shop."""

import os.path
from decimal import Decimal as D

from .stock import Stock, reserve as hold

LIMIT = 10


class Basket(Base, metaclass=Meta):
    """What a customer takes."""

    size: int = 0

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    @property
    async def total(self) -> D:
        return sum(price(each) for each in self.stock.items())


def price(item):
    def discount(value):
        return value / 2

    hold(item)
    return discount(os.path.getsize(item))
