using System;
using Stock = Example.Stock.Store;

namespace Example.Shop
{
    public interface IPriced
    {
        int Price();
    }

    public class Basket : Base, IPriced
    {
        private int size = 0;

        public int Total { get; set; }

        public Basket(Stock stock)
        {
        }

        public int Price()
        {
            return Math.Max(Reserve(size), new Stock().Lowest());
        }
    }

    public struct Point { public int X; }

    public enum Colour { Red }

    public record Money(int Value);
}
