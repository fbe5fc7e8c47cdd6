package org.example.shop

import org.example.stock.Stock
import org.example.stock.reserve as hold

const val LIMIT = 10

interface Priced {
    fun price(): Int
}

open class Basket(val stock: Stock) : Base(), Priced {
    var size = 0

    override fun price(): Int {
        return hold(stock.lowest())
    }
}

object Registry {
    fun find(name: String) = lookup(name)
}

enum class Colour { RED }

fun discount(value: Int): Int = value / 2
