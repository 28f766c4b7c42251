// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { serializerOf } from './gate-serialize.ts';

const write = (schema: Parameters<typeof serializerOf>[0], value: unknown): unknown => JSON.parse(serializerOf(schema)(value));

describe('an answer on its way out', () => {
  const Place = Type.Object({ code: Type.String(), names: Type.Record(Type.String(), Type.String()) });

  it('takes along what its description names, at every depth, and leaves the rest', () => {
    const row = { code: 'XA', names: { en: 'Demo land', th: 'แดนสาธิต' }, secret: 1 };
    expect(write(Type.Object({ rows: Type.Array(Place) }), { rows: [row, row], total: 2 })).toEqual({
      rows: [
        { code: 'XA', names: row.names },
        { code: 'XA', names: row.names },
      ],
    });
    expect(row.secret).toBe(1);
  });

  it('understands intersections, unions and tuples', () => {
    expect(write(Type.Intersect([Place, Type.Object({ level: Type.Integer() })]), { code: 'a', names: {}, level: 2, secret: 1 })).toEqual({
      code: 'a',
      names: {},
      level: 2,
    });
    expect(write(Type.Object({ place: Type.Union([Place, Type.Null()]) }), { place: null })).toEqual({ place: null });
    expect(write(Type.Object({ place: Type.Union([Place, Type.Null()]) }), { place: { code: 'a', names: {}, secret: 1 } })).toEqual({
      place: { code: 'a', names: {} },
    });
    const Shape = Type.Union([
      Type.Object({ kind: Type.Literal('a'), x: Type.Integer() }),
      Type.Object({ kind: Type.Literal('b'), y: Type.Integer() }),
    ]);
    expect(write(Shape, { kind: 'b', x: 1, y: 2 })).toEqual({ kind: 'b', y: 2 });
    expect(() => serializerOf(Shape)({ kind: 'c' })).toThrow('none of its descriptions');
    expect(write(Type.Tuple([Place, Type.Integer()]), [{ code: 'a', names: {}, secret: 1 }, 5])).toEqual([{ code: 'a', names: {} }, 5]);
    const Words = Type.Intersect([Type.Object({ en: Type.String() }), Type.Record(Type.String(), Type.String())]);
    expect(write(Words, { en: 'yes', th: 'ใช่' })).toEqual({ en: 'yes', th: 'ใช่' });
  });

  it('finds the one row of many that holds more, and objects that write themselves otherwise than they read', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ code: `${i}`, names: { en: 'x' }, ...(i === 37 ? { secret: 1 } : {}) }));
    expect(write(Type.Array(Place), rows)).toEqual(rows.map(({ code, names }) => ({ code, names })));
    const sly = (more: object): unknown => write(Place, Object.assign(Object.create(more) as object, { code: 'a', names: {} }));
    expect(sly({ secret: 1 })).toEqual({ code: 'a', names: {} });
    expect(sly({ toJSON: () => ({ secret: 1 }) })).toEqual({ code: 'a', names: {} });
    expect(write(Place, { code: 'a', names: {}, toJSON: () => ({ secret: 1 }) })).toEqual({ code: 'a', names: {} });
    expect(write(Place, JSON.parse('{"code":"a","names":{},"__proto__":{"secret":1}}'))).toEqual({ code: 'a', names: {} });
    expect(
      write(Type.Object({ inner: Type.Array(Type.Array(Place)) }), {
        inner: [[{ code: 'a', names: {} }], [{ code: 'b', names: {}, secret: 1 }]],
      }),
    ).toEqual({ inner: [[{ code: 'a', names: {} }], [{ code: 'b', names: {} }]] });
  });

  it('leaves out what is not there and writes moments as text', () => {
    expect(write(Type.Object({ a: Type.Optional(Type.String()), at: Type.String() }), { at: new Date(0), a: undefined })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(serializerOf(Type.Null())(undefined)).toBe('null');
  });
});
