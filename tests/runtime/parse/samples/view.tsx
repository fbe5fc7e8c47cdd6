import React from "react";

export function Basket(props: { size: number }) {
  const total = useTotal(props.size);
  return <Panel title="x">{total}</Panel>;
}
