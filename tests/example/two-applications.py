"""Two applications get a connection from Fram, and this is what it looks like.

Run it on a bus that has Fram: `tests/with-framd /usr/bin/python3
tests/example/two-applications.py`.  The exit status is 0 if they were connected and heard
each other."""

import json
import select
import statistics
import subprocess
import sys
from pathlib import Path

PATIENCE = 15  # seconds for any one answer
ROUND_TRIPS = 200


class Failure(Exception):
    pass


class Application:
    """One of the two, in a process of its own."""

    def __init__(self, name):
        self.name = name
        # Without buffers, so that select() knows of every line there is.
        self.process = subprocess.Popen(
            [sys.executable, '-B', Path(__file__).with_name('application.py'), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        print(f'{name}: a process of its own, {self.process.pid}')

    def order(self, **what):
        self.process.stdin.write(json.dumps(what).encode() + b'\n')

    def wait_for(self, what, wanted=None):
        """The next message that has `what`, with one of the values wanted."""
        while True:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise Failure(f'{self.name} told nothing of {what} for {PATIENCE} s')
            line = self.process.stdout.readline()
            if not line:
                raise Failure(f'{self.name} has ended')
            message = json.loads(line)
            if message.get('state') == 'failed':
                raise Failure(f'{self.name} failed: {message["explanation"]}')
            if what in message and (wanted is None or message[what] in wanted):
                return message

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def connect(alice, bob):
    """Passes the descriptions, as the applications' own signalling would."""
    alice.order(create=None)
    offer = alice.wait_for('description')['description']
    show_description(alice, offer)
    bob.order(create=offer)
    answer = bob.wait_for('description')['description']
    show_description(bob, answer)
    alice.order(accept=answer)
    return [application.wait_for('state', ['connected', 'completed'])['ms']
            for application in (alice, bob)]


def show_description(application, description):
    print(f'\n{application.name} tells its peer: ufrag {description["ufrag"]}, '
          f'a password, pacing {description["pacing"]} ms, and')
    for line in description['candidates']:
        print(f'  {line}')


def show_pairs(application):
    application.order(show=None)
    pairs = application.wait_for('pairs')['pairs']
    print(f'\nThe pairs of {application.name}')
    rows = [('local', 'remote', 'priority', 'state', 'readable', 'writable', 'nominated',
             'selected', 'rtt')]
    rows += [(pair['local'], pair['remote'], str(pair['priority']), pair['state'],
              *(('no', 'yes')[pair[flag]]
                for flag in ('readable', 'writable', 'nominated', 'selected')),
              f'{pair["rtt"] / 1000:.2f} ms' if pair['rtt'] >= 0 else '-')
             for pair in pairs]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print('  ' + '  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    if not any(pair['selected'] for pair in pairs):
        raise Failure(f'{application.name} has no selected pair')


def round_trips(alice):
    times = []
    for number in range(ROUND_TRIPS):
        alice.order(ask=f'message {number}')
        reply = alice.wait_for('reply')
        if reply['reply'] != f'Bob heard: message {number}':
            raise Failure(f'Bob answered "{reply["reply"]}" to message {number}')
        times.append(reply['ms'])
    return times


def show(alice, bob):
    times = connect(alice, bob)
    print('\nConnected: Alice {:.1f} ms after she knew of Bob, Bob {:.1f} ms after he knew '
          'of Alice'.format(*times))
    # Both know by now that the search is over, or will in a moment.
    alice.wait_for('state', ['completed'])
    show_pairs(alice)
    show_pairs(bob)
    times = round_trips(alice)
    print(f'\nAlice asked, Bob answered, {len(times)} times: '
          f'median {statistics.median(times):.3f} ms, longest {max(times):.3f} ms')
    for application in (alice, bob):
        application.order(quit=None)


def main():
    applications = []
    try:
        for name in ('Alice', 'Bob'):
            applications.append(Application(name))
        show(*applications)
        return 0
    except (Failure, OSError) as failure:
        print(f'\n{failure}')
        return 1
    finally:
        for application in applications:
            application.end()


if __name__ == '__main__':
    sys.exit(main())
