import { expect, test } from 'vitest';
import { isUnspaced } from '../../src/text/unspaced.ts';

test.each([
  ['Chinese', '这部电影非常好看，演员表演出色。', true],
  ['Chinese with an English name', '这部电影 Titanic 非常好看，演员表演出色。', true],
  ['Japanese', 'この映画はとても面白かったです。', true],
  ['Thai', 'หนังเรื่องนี้สนุกมาก', true],
  ['Chinese cut into words by spaces', '这 部 电影 非常 好看 ， 演员 表演 出色 。', false],
  ['one Chinese word', '电影', false],
  ['English', 'A state-of-the-art film, as they say.', false],
  ['English that quotes Chinese', 'The title 卧虎藏龙 means crouching tiger, hidden dragon.', false],
  ['Korean', '이 영화는 정말 재미있었어요.', false],
  ['Hindi', 'यह फिल्म बहुत अच्छी है।', false],
  ['a long address', 'https://example.org/a/b/c/d/e/f?g=h&i=j', false],
  ['nothing', '', false],
])('%s: %s', (_, text, expected) => expect(isUnspaced(text)).toBe(expected));
