package org.example.shop;

import java.util.List;
import static java.lang.Math.max;
import org.example.stock.*;

public class Shop extends Base implements Priced, Closeable {
    private static final int LIMIT = 10;

    public Shop(List<String> stock) {
        super(stock);
    }

    @Override
    public int price(Item item) {
        return max(item.getPrice(), new Stock().lowest());
    }

    enum Colour { RED }

    record Point(int x, int y) {}
}

interface Priced extends Comparable<Priced> {
    int price(Item item);
}
