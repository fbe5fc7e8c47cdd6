require "json"
require_relative "stock"

module Shop
  LIMIT = 10

  class Basket < Base
    include Priced

    def initialize(stock)
      @stock = stock
    end

    def self.build
      new(Stock.new)
    end

    def price
      reserve(@stock.lowest)
    end
  end
end

def discount(value)
  value / 2
end
