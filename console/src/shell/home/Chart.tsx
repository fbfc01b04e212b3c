import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useTone } from '../theme';
import type { Bar } from './picture';

// Only what is drawn: bars on a canvas. The library's floating notes are markup with inline styles, which the page's policy refuses; the numbers
// stand at the bars instead.
use([BarChart, GridComponent, AriaComponent, CanvasRenderer]);

const rowPx = 38;
const fontSize = 13;

/** As much of a text as has room, the number first; the whole of it stands in the table. */
function fitting(text: string, px: number, font: string): string {
  const pen = document.createElement('canvas').getContext('2d');
  if (!pen) return text;
  pen.font = font;
  const letters = [...text];
  let shown = text;
  while (letters.length > 1 && pen.measureText(shown).width > px) {
    letters.pop();
    shown = `${letters.join('').trimEnd()}…`;
  }
  return shown;
}

/** Bars with their names and numbers written beside them; a click opens what is behind. Readers of screens have the table. */
export default function Chart({ bars }: { bars: readonly Bar[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const tone = useTone();
  const go = useNavigate();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const font = getComputedStyle(document.body).fontFamily;
    const chart = init(element, null, { renderer: 'canvas' });
    const shown = [...bars].reverse();
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: font },
      grid: { left: 0, right: 0, top: 6, bottom: 0, containLabel: false },
      xAxis: { type: 'value', show: false, min: 0, max: 'dataMax' },
      yAxis: { type: 'category', data: shown.map((bar) => bar.name), show: false },
      series: [
        {
          type: 'bar',
          barWidth: 10,
          cursor: 'pointer',
          itemStyle: { color: colour('--accent'), borderRadius: 2 },
          emphasis: { itemStyle: { color: colour('--l2') } },
          label: {
            show: true,
            position: [0, -16],
            color: colour('--text'),
            fontSize,
            formatter: (one: { dataIndex: number }) => {
              const bar = shown[one.dataIndex];
              return bar ? fitting(`${bar.n}  ${bar.name}`, element.clientWidth, `${fontSize}px ${font}`) : '';
            },
          },
          data: shown.map((bar) => ({ value: bar.n, name: bar.key })),
        },
      ],
    });
    chart.on('click', (event) => {
      const bar = shown[event.dataIndex ?? -1];
      if (bar?.to) void go(bar.to);
    });
    const onSize = new ResizeObserver(() => {
      chart.resize();
      chart.setOption({});
    });
    onSize.observe(element);
    return () => {
      onSize.disconnect();
      chart.dispose();
    };
  }, [bars, tone, go]);
  return <div ref={frame} aria-hidden="true" className="chart" style={{ height: bars.length * rowPx + 6 }} />;
}
