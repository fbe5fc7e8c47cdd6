<?php

namespace Example\Shop;

use Example\Stock\Store;
use Example\Tools\Helper as Tool;

const LIMIT = 10;

interface Priced
{
    public function price(): int;
}

trait Counted
{
    public function count(): int
    {
        return 1;
    }
}

class Basket extends Base implements Priced
{
    use Counted;

    private int $size = 0;

    public function price(): int
    {
        return reserve($this->lowest(), Tool::find(new Store()));
    }
}

function discount(int $value): int
{
    return intdiv($value, 2);
}
