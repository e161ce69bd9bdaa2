"""Each check finds nothing in a good sample and something in a bad one, so that none of
them passes because it does not look."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import formatting
import headers
import layers
import licence
import places
import sizes
import skips
import standards
import symbols
import wiring
import words

ROOT = Path(__file__).resolve().parents[2]


class Sample(unittest.TestCase):
    """A tree of its own for each case."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.build = self.root / 'build'
        (self.build / 'meson-info').mkdir(parents=True)
        (self.root / 'tests').mkdir()

    def write(self, name, text=''):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    def introspect(self, what, value):
        (self.build / 'meson-info' / f'intro-{what}.json').write_text(json.dumps(value))

    def assert_found(self, check, *parts):
        """Exactly one finding, with these parts."""
        found = check.findings(self.root, self.build)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def assert_nothing(self, check):
        self.assertEqual(check.findings(self.root, self.build), [])


class Layers(Sample):
    def include(self, place, include):
        self.write(place, f'#include "{include}"\n')

    def setUp(self):
        super().setUp()
        for name in ('base/time.h', 'ice/agent.h', 'ice/agent-private.h', 'rpc/errors.h'):
            self.write(f'service/{name}')
        self.write('dbus/names.h')

    def test_downwards(self):
        self.include('service/ice/pair.c', 'base/time.h')
        self.include('service/ice/check.c', 'ice/agent-private.h')
        self.include('service/rpc/manager.c', 'dbus/names.h')
        self.include('service/main.c', 'rpc/errors.h')
        self.include('tests/unit/test-agent.c', 'ice/agent-private.h')
        self.include('libclient/client.c', 'dbus/names.h')
        self.assert_nothing(layers)

    def test_upwards(self):
        self.include('service/base/time.c', 'ice/agent.h')
        self.assert_found(layers, 'service/base/time.c:1', 'goes up')

    def test_bus_from_the_core(self):
        self.include('service/ice/pair.c', 'dbus/names.h')
        self.assert_found(layers, 'is not for ice/')

    def test_no_layer_named(self):
        self.include('service/ice/pair.c', 'agent.h')
        self.assert_found(layers, 'does not name its layer')

    def test_private(self):
        self.include('service/rpc/manager.c', 'ice/agent-private.h')
        self.assert_found(layers, 'is private')

    def test_missing(self):
        self.include('service/ice/pair.c', 'ice/pair.h')
        self.assert_found(layers, 'does not exist')

    def test_generated(self):
        self.include('service/rpc/manager.c', 'dbus/interface-info.h')
        self.assert_found(layers, 'does not exist')
        self.introspect('targets', [{'type': 'custom',
                                     'filename': ['/b/dbus/interface-info.h']}])
        self.assert_nothing(layers)

    def test_service_from_a_client(self):
        self.include('libclient/client.c', 'ice/agent.h')
        self.assert_found(layers, 'is not for libclient/')

    def test_panel(self):
        self.write('gui/model/words.h')
        self.write('gui/pages/network-page.h')
        self.include('gui/pages/network-page.c', 'model/words.h')
        self.include('tests/gui/test-network.c', 'pages/network-page.h')
        self.assert_nothing(layers)
        self.include('gui/model/words.c', 'pages/network-page.h')
        self.assert_found(layers, 'gui/model/words.c:1', 'goes up')

    def test_service_from_the_panel(self):
        self.include('gui/model/world.c', 'ice/agent.h')
        self.assert_found(layers, 'is in no layer of the panel')

    def test_folder_that_is_no_layer(self):
        self.include('service/extra/thing.c', 'base/time.h')
        self.assert_found(layers, 'which is no layer')


class Headers(Sample):
    GOOD = '/* What it is for. */\n#pragma once\n'

    def test_good(self):
        self.write('service/base/a.h', self.GOOD)
        self.write('service/base/b.h', self.GOOD + '#include "base/a.h"\n')
        self.assert_nothing(headers)

    def test_without_purpose(self):
        self.write('service/base/a.h', '\n#pragma once\n')
        self.assert_found(headers, 'purpose')

    def test_without_guard(self):
        self.write('service/base/a.h', '/* What it is for. */\n')
        self.assert_found(headers, 'pragma')

    def test_circle(self):
        self.write('service/base/a.h', self.GOOD + '#include "base/b.h"\n')
        self.write('service/base/b.h', self.GOOD + '#include "base/a.h"\n')
        self.assertEqual(len(headers.findings(self.root, self.build)), 2)


class Symbols(Sample):
    HARMLESS = 'int fram_{layer} (void);\nint fram_{layer} (void) {{ return 1; }}\n'

    def archive(self, layer, source):
        folder = self.build / 'service' / layer
        folder.mkdir(parents=True, exist_ok=True)
        path = self.write('sample.c', source)
        subprocess.run(['cc', '-c', '-fno-builtin', path, '-o', folder / 'sample.o'], check=True)
        subprocess.run(['ar', 'rc', folder / f'libfram-{layer}.a', folder / 'sample.o'],
                       check=True)

    def setUp(self):
        super().setUp()
        for layer in symbols.EXPECTED:
            self.archive(layer, self.HARMLESS.format(layer=layer))

    def calls(self, layer, *functions):
        declarations = ''.join(f'void {function} (void);\n' for function in functions)
        body = ' '.join(f'{function} ();' for function in functions)
        self.archive(layer, f'{declarations}void fram_sample (void);\n'
                            f'void fram_sample (void) {{ {body} }}\n')

    def test_harmless(self):
        self.calls('ice', 'fram_base')
        self.calls('broker', 'g_hash_table_insert')
        self.assert_nothing(symbols)

    def test_kept_out(self):
        kept_out = sorted('''socket sendto recv clock_gettime g_get_monotonic_time time random
                getrandom rand timer_create open fopen write read poll pthread_create
                g_random_int g_timeout_add g_file_new_for_path g_socket_send g_getenv
                g_mutex_lock g_date_time_new_now_utc g_usleep g_print'''.split())
        self.calls('ice', *kept_out)
        found = symbols.findings(self.root, self.build)
        self.assertEqual(len(found), len(kept_out))
        for finding, function in zip(found, kept_out):
            self.assertIn(f'libfram-ice.a: calls {function}, which', finding)

    def test_names_that_resemble(self):
        self.calls('ice', 'g_direct_hash', 'g_strsplit', 'g_quark_from_string', 'g_array_new')
        self.assert_nothing(symbols)

    def test_higher_layer(self):
        self.calls('stun', 'fram_broker')
        self.assert_found(symbols, 'libfram-stun.a', 'lower layer')

    def test_missing_archive(self):
        (self.build / 'service' / 'ice' / 'libfram-ice.a').unlink()
        self.assert_found(symbols, 'is not there')


class Sizes(Sample):
    def found(self, n_lines, reasons):
        self.write('a.c', 'int x;\n' * n_lines)
        return sizes.findings(self.root, self.build, reasons)

    def test_limits(self):
        self.assertEqual(self.found(600, {}), [])
        self.assertEqual(len(self.found(601, {})), 1)
        self.assertEqual(self.found(900, {'a.c': 'one table'}), [])
        self.assertEqual(len(self.found(901, {'a.c': 'one table'})), 1)

    def test_idle_reason(self):
        self.assertEqual(len(self.found(10, {'a.c': 'one table'})), 1)
        self.assertEqual(len(self.found(10, {'gone.c': 'one table'})), 1)


class Places(Sample):
    def test_good(self):
        self.write('README.md')
        self.write('service/strange.txt')
        self.assert_nothing(places)

    def test_stranger(self):
        self.write('trace.txt')
        self.assert_found(places, 'trace.txt')

    def test_folder(self):
        self.write('scratch/a.c')
        self.assert_found(places, 'scratch')


class Formatting(Sample):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / '.clang-format', self.root)

    def test_good(self):
        self.write('a.c', 'int\nmain (void)\n{\n  return 0;\n}\n')
        self.assert_nothing(formatting)

    def test_bad(self):
        self.write('a.c', 'int\nmain (void)\n{\n   return 0;\n}\n')
        self.assert_found(formatting, 'a.c:', 'differ')

    def test_nothing_to_look_at(self):
        self.assert_found(formatting, 'no C file')


class Skips(Sample):
    # Put together here, so that this file has no skipped test either.
    BAD = ['g_test_' + 'skip ("no network");', '@unittest.' + 'skip("later")',
           'self.skip' + 'Test("later")', 'return 7' + '7;', 'sys.exit(7' + '7)',
           'print("o' + 'k 1 # SKIP")', '@unittest.expected' + 'Failure']
    BAD_MESON = ['test (\'a\', a, should_' + 'fail: true)', 'dependency (\'x\', required' + ': false)']

    def test_good(self):
        self.write('tests/unit/a.c', 'skip_word (rest, "typ");\nreturn 0;\nport = 7777;\n')
        self.assert_nothing(skips)

    def test_sources(self):
        for line in self.BAD:
            with self.subTest(line=line):
                self.write('tests/unit/a.c', line + '\n')
                self.assert_found(skips, 'tests/unit/a.c:1')

    def test_meson(self):
        for line in self.BAD_MESON:
            with self.subTest(line=line):
                self.write('tests/unit/meson.build', line + '\n')
                self.assert_found(skips, 'tests/unit/meson.build:1')


class Licence(Sample):
    def setUp(self):
        super().setUp()
        self.text = f'{licence.TITLE}\n{licence.VERSION}\n' + 'x' * licence.ENTIRE
        self.write('LICENSE', self.text)
        self.write('meson.build', f"project ('a', license: '{licence.NAME}')")

    def test_good(self):
        self.assert_nothing(licence)

    def test_missing(self):
        (self.root / 'LICENSE').unlink()
        self.assert_found(licence, 'LICENSE')

    def test_cut(self):
        self.write('LICENSE', self.text[:1000])
        self.assert_found(licence, 'whole text')

    def test_other(self):
        self.write('meson.build', "project ('a', license: 'MIT')")
        self.assert_found(licence, 'meson.build')


class Words(Sample):
    def test_good(self):
        self.write('service/base/a.c', '/* mkstemp wants XXXXXX. */\n#if 1\n#endif\n')
        self.write('tests/bus/run', 'dd count=1\n')
        self.assert_nothing(words)

    def test_unfinished(self):
        for word in ('TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'):
            with self.subTest(word=word):
                self.write('service/base/a.c', f'/* {word}: later */\n')
                self.assert_found(words, 'service/base/a.c:1')

    def test_dead_code(self):
        self.write('service/base/a.c', '#if ' + '0\n#endif\n')
        self.assert_found(words, 'dead code')

    def test_waiting(self):
        for line in ('us' + 'leep (10);', 'g_us' + 'leep (10);', 'time.sl' + 'eep(1)',
                     'sl' + 'eep 1', 'true; sl' + 'eep 1', 'sl' + 'eep $time'):
            with self.subTest(line=line):
                self.write('tests/bus/a.py', line + '\n')
                self.assert_found(words, 'waits blindly')

    def test_shapeless_names(self):
        for name in ('utils.c', 'stun-util.h', 'misc.py', 'test_helper.py'):
            with self.subTest(name=name):
                path = self.write(f'service/base/{name}')
                self.assert_found(words, name, 'says nothing')
                path.unlink()


class Wiring(Sample):
    def setUp(self):
        super().setUp()
        source = self.write('service/base/a.c')
        self.introspect('targets', [{'target_sources': [{'sources': [str(source)]}]}])
        self.introspect('tests', [{'name': 'a', 'suite': ['fram:unit'], 'cmd': ['a']}])

    def test_good(self):
        self.write('tests/fuzz/fuzz-a.c')
        self.write('tests/fuzz/corpus/a/one')
        self.introspect('targets', [{'target_sources': [{'sources': [
            str(self.root / 'service/base/a.c'), str(self.root / 'tests/fuzz/fuzz-a.c')]}]}])
        self.assert_nothing(wiring)

    def test_source_left_out(self):
        self.write('service/base/b.c')
        self.assert_found(wiring, 'service/base/b.c', 'no target')

    def test_tier(self):
        self.introspect('tests', [{'name': 'a', 'suite': ['fram'], 'cmd': ['a']}])
        self.assert_found(wiring, 'test a', 'not in one tier')

    def test_python_test_not_run(self):
        self.write('tests/bus/test_calls.py')
        self.assert_found(wiring, 'tests/bus/test_calls.py', 'run by no test')
        self.introspect('tests', [{'name': 'a', 'suite': ['fram:bus'],
                                   'cmd': ['/usr/bin/python3', '/x/test_calls.py']}])
        self.assert_nothing(wiring)

    def test_no_corpus(self):
        source = self.write('tests/fuzz/fuzz-b.c')
        self.introspect('targets', [{'target_sources': [{'sources': [
            str(source), str(self.root / 'service/base/a.c')]}]}])
        self.assert_found(wiring, 'no corpus')


class Standards(Sample):
    def setUp(self):
        super().setUp()
        program = self.write('build/test-a', '#!/bin/sh\necho "# Start"; echo /a/one\n')
        program.chmod(0o755)
        script = self.write('tests/test_b.py', 'import os; print(os.environ["CASES"])\n')
        self.introspect('tests', [
            {'name': 'call.ends', 'cmd': [str(program), '--tap']},
            {'name': 'bus-b', 'env': {'CASES': 'Told.test_one'},
             'cmd': [sys.executable, '-B', str(script), '--tap', 'bus-b']},
        ])

    def entry(self, mark, *lines):
        self.write('service/RFCs', 'Key: + is done\n\nRFC 1\n\n' + f'{mark} 1   Something.\n'
                   + ''.join(f'          {line}\n' for line in lines))

    def test_good(self):
        self.entry('+', 'And more of it.', 'by: /a/*, call.ends,', '    /a/one')
        self.assert_nothing(standards)

    def test_claim_without_a_test(self):
        self.entry('~', 'And more of it.')
        self.assert_found(standards, 'service/RFCs:5', 'names no test')

    def test_what_is_not_claimed(self):
        self.entry('-', 'And more of it.')
        self.assert_nothing(standards)

    def test_that_is_not_there(self):
        self.entry('+', 'by: /a/*,', '    /a/two')
        self.assert_found(standards, 'service/RFCs:5', 'no test /a/two')

    def test_case_of_python(self):
        self.entry('+', 'by: bus-b.Told.one, bus-b.*')
        self.assert_nothing(standards)

    def test_case_of_python_that_is_not_there(self):
        self.entry('+', 'by: bus-b.Told.two')
        self.assert_found(standards, 'service/RFCs:5', 'no test bus-b.Told.two')


if __name__ == '__main__':
    unittest.main()
