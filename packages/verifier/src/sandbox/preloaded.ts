/**
 * Run once, before the image of the interpreter is taken. Importing a module takes up to 0.3 seconds, so those that programs
 * often want are there; and since there are no sockets, event loops wait by sleeping.
 */
export const preloaded = `
import abc, array, base64, bisect, cmath, collections, contextlib, copy, csv, dataclasses, datetime, decimal, enum, fractions
import functools, hashlib, heapq, inspect, io, itertools, json, math, numbers, operator, os, pprint, queue, random, re, statistics
import string, struct, sys, textwrap, threading, time, traceback, types, typing, unittest, unittest.mock, uuid
import asyncio

class Selector:
    def select(self, timeout):
        if timeout:
            time.sleep(timeout)
        return []

class EventLoop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = Selector()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

asyncio.EventLoop = asyncio.SelectorEventLoop = asyncio.unix_events._DefaultEventLoopPolicy._loop_factory = EventLoop
`;
