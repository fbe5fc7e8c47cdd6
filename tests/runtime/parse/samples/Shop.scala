package org.example.shop

import scala.collection.mutable
import org.example.stock.{Stock, reserve => hold}

trait Priced {
  def price: Int
}

case class Basket(stock: Stock) extends Base with Priced {
  val size = 0

  def price: Int = {
    hold(stock.lowest(1))
  }
}

object Registry {
  def find(name: String): Int = lookup(name)
  type Money = Int
}
