/** A machine of two cores by the hour, and its power: the declared price of everything that runs on it. */
export const machine = { usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 };

/** What a second of it costs, in US dollars. */
export const usdPerSecond = (machine.usdPerHour + (machine.watts / 1000) * machine.usdPerKwh) / 3600;
