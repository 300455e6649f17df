import { complete, host, requireVuContext, toTags, toText } from './host.js';

class Metric {
  /**
   * @param {import('../../metric.ts').MetricType} type
   * @param {unknown} name
   * @param {unknown} [isTime]
   */
  constructor(type, name, isTime = false) {
    if (!host.isInit()) throw new Error('metrics must be declared in the init context');
    this.name = toText(name);
    const fault = host.declareMetric(this.name, type, Boolean(isTime));
    if (fault !== '') throw new Error(fault);
  }

  /**
   * @param {number | boolean} value
   * @param {object} [tags]
   */
  add(value, tags) {
    requireVuContext('adding to a metric');
    const number = Number(value);
    if (value === null || Number.isNaN(number)) return host.refuseValue(this.name, String(value));
    host.add(this.name, number, toTags(tags));
  }
}

export class Counter extends Metric {
  /**
   * @param {string} name
   * @param {boolean} [isTime]
   */
  constructor(name, isTime) {
    super('counter', name, isTime);
  }
}

export class Gauge extends Metric {
  /**
   * @param {string} name
   * @param {boolean} [isTime]
   */
  constructor(name, isTime) {
    super('gauge', name, isTime);
  }
}

export class Rate extends Metric {
  /**
   * @param {string} name
   * @param {boolean} [isTime]
   */
  constructor(name, isTime) {
    super('rate', name, isTime);
  }
}

export class Trend extends Metric {
  /**
   * @param {string} name
   * @param {boolean} [isTime]
   */
  constructor(name, isTime) {
    super('trend', name, isTime);
  }
}

// oxlint-disable-next-line import/no-default-export -- scripts import it so
export default complete('k6/metrics', { Counter, Gauge, Rate, Trend });
