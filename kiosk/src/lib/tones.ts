/** Two notes: heard across a hall and in a pocket, and no phone's own ring. Seconds and hertz. */
const NOTES = [
  { at: 0, hertz: 880 },
  { at: 0.18, hertz: 1_318 },
];
const EVERY_S = 0.9;
const NOTE_S = 0.32;
const LOUDNESS = 0.5;
const SILENCE = 0.001;

/** Plays them so many times. The context has been resumed in a press before. */
export function playTones(audio: AudioContext, times: number): void {
  for (let n = 0; n < times; n++) {
    for (const { at, hertz } of NOTES) {
      const from = audio.currentTime + n * EVERY_S + at;
      const gain = audio.createGain();
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(LOUDNESS, from);
      gain.gain.exponentialRampToValueAtTime(SILENCE, from + NOTE_S);
      tone.connect(gain).connect(audio.destination);
      tone.start(from);
      tone.stop(from + NOTE_S);
    }
  }
}
