using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Tests.Features;

namespace GpuSer.Tests.Audio.Decoding;

public sealed class DecoderPoolTests : IDisposable
{
    private const string Greeting = "printf 'gpuser-decode 1\\n'";
    private const string Opened = "printf '\\0\\0\\0\\0\\042\\126\\0\\0\\001\\0\\0\\0\\0\\0\\0\\0\\012\\0\\0\\0\\0\\0\\0\\0'"; // 22,050 Hz, one channel, ten samples

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-decoders-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_program_is_beside_the_assembly_and_serves()
    {
        Assert.Null(AudioFile.InProcessReason);
        EncodedFile.Write(At("a.wav"), EncodedFile.Wav16, 22050, 1, Signals.Voice(3000));
        AudioFile.ReadMono(At("a.wav"));
        Assert.NotEmpty(DecoderPool.Shared.Numbers);
    }

    [SkippableFact]
    public void One_file_that_crashes_the_decoder_costs_a_batch_that_file_alone()
    {
        using DecoderPool pool = new(Faulty(), Patience);
        string[] paths = [.. Enumerable.Range(0, 10).Select(i => Named(i == 4 ? "crash-read.wav" : $"{i}.wav"))];
        foreach (int threads in (int[])[1, 3])
        {
            using FeatureExtractor extractor = new(threads: threads) { Decoders = pool };
            CollectingSink sink = new(paths.Length);
            extractor.ComputeFiles(paths, sink);
            Assert.Equal(9, sink.Images.Count(image => image is { Length: > 0 } && image.All(float.IsFinite)));
            GpuSerException error = Assert.Single(sink.Errors.OfType<GpuSerException>());
            Assert.Equal($"{paths[4]}: crashes the decoder (SIGSEGV); convert the file to WAV or FLAC with another program", error.Message);
        }
    }

    [SkippableTheory]
    [InlineData("crash-open.wav", "crashes the decoder (SIGSEGV)")]
    [InlineData("abort.wav", "crashes the decoder (SIGABRT)")]
    [InlineData("loop.wav", "keeps the decoder busy")]
    [InlineData("bomb.wav", "crashes the decoder (SIGABRT)")]
    [InlineData("huge.wav", "more than a file of 9 bytes should hold")]
    [InlineData("fast.wav", "2,147,483,647 samples a second")]
    public void What_a_decoder_does_to_itself_is_that_files_error(string name, string problem)
    {
        using DecoderPool pool = new(Faulty(), Patience);
        DecodeBuffer buffer = new(pool);
        string path = Named(name);
        AudioException error = Assert.Throws<AudioException>(() => AudioFile.ReadMono(path, 22050, buffer, default).ToArray());
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(FaultyLibrary.Samples, AudioFile.ReadMono(Named("good.wav"), 22050, buffer, default).Length);
        Assert.Null(pool.Problem);
    }

    [SkippableFact]
    public void What_a_decoder_prints_is_seen_by_nobody()
    {
        using DecoderPool pool = new(Faulty(), Patience);
        Assert.Equal(FaultyLibrary.Samples, AudioFile.ReadMono(Named("noisy.wav"), 22050, new DecodeBuffer(pool), default).Length);
    }

    [Theory]
    [InlineData("", "ends the decoder (exit code 0)")]
    [InlineData("exit 3", "ends the decoder (exit code 3)")]
    [InlineData("printf '\\011\\0\\0\\0xxxxxxxxxxxxxxxxxxxx\\004\\0\\0\\0text'", "nonsense")] // an unknown status
    [InlineData("printf '\\001\\0\\0\\0xxxxxxxxxxxxxxxxxxxx\\377\\377\\377\\377'", "nonsense")] // a text of 2^32 - 1 bytes
    [InlineData(Opened + "; printf '\\013\\0\\0\\0'", "nonsense")] // more samples than promised
    [InlineData(Opened + "; printf '\\376\\377\\377\\377'", "nonsense")] // -2 samples
    [InlineData(Opened + "; printf '\\001\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'", "cut short: 9 of 10")]
    [InlineData(Opened + "; printf '\\005\\0\\0\\0\\0\\0\\0\\0'; exit 1", "ends the decoder (exit code 1)")] // fewer than it said
    public void An_answer_is_not_trusted(string answer, string problem)
    {
        using DecoderPool pool = new(Script($"{Greeting}; head -c 1 >{_folder}/asked; {answer}"), Patience);
        AudioException error = Assert.Throws<AudioException>(() => AudioFile.ReadMono(Named("a.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_that_says_nothing_is_not_waited_for()
    {
        using DecoderPool pool = new(Script($"{Greeting}; exec sleep 1000"), TimeSpan.FromMilliseconds(300));
        AudioException error = Assert.Throws<AudioException>(() => AudioFile.ReadMono(Named("a.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
        Assert.Contains("holds the decoder up", error.Message, StringComparison.Ordinal);
        Assert.Empty(pool.Numbers);
    }

    [Fact]
    public void Waiting_can_be_cancelled()
    {
        using DecoderPool pool = new(Script($"{Greeting}; exec sleep 1000"), Patience);
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(200));
        Assert.Throws<OperationCanceledException>(() => AudioFile.ReadMono(Named("a.wav"), 22050, new DecodeBuffer(pool), source.Token).ToArray());
        Assert.Empty(pool.Numbers);
    }

    [Fact]
    public void Decoding_can_be_cancelled_while_samples_come()
    {
        // 2^24 samples, one after the other: minutes of them.
        string promise = Opened.Replace("\\012\\0\\0\\0", "\\0\\0\\0\\001", StringComparison.Ordinal);
        using DecoderPool pool = new(Script($"{Greeting}; head -c 1 >{_folder}/asked; {promise}; while printf '\\001\\0\\0\\0\\0\\0\\0\\0'; do :; done"), Patience);
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(200));
        Assert.Throws<OperationCanceledException>(() => AudioFile.ReadMono(Named("a.wav"), 22050, new DecodeBuffer(pool), source.Token).ToArray());
        Assert.Empty(pool.Numbers);
    }

    [Fact]
    public void As_many_processes_stay_as_decoded_at_once()
    {
        // Each answers once all were asked.
        int threads = (2 * Environment.ProcessorCount) + 1;
        string asked = Directory.CreateDirectory(At("asked")).FullName, wait = $"until [ $(ls {asked} | wc -l) = {threads} ]; do sleep 0.05; done";
        string samples = "printf '\\012\\0\\0\\0'; head -c 40 /dev/zero; printf '\\0\\0\\0\\0'";
        using DecoderPool pool = new(Script($"{Greeting}; head -c 1 >{asked}/$$; {wait}; {Opened}; {samples}; exec sleep 1000"), Patience);
        string path = Named("a.wav");
        int[] lengths = new int[threads];
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => lengths[i] = AudioFile.ReadMono(path, 22050, new DecodeBuffer(pool), default).Length))];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        Assert.All(lengths, length => Assert.Equal(10, length));
        Assert.Equal(threads, pool.Numbers.Length);
    }

    [Theory]
    [InlineData("echo hello to you all")]
    [InlineData("exit 127")]
    public void Without_a_program_that_answers_files_are_decoded_here_and_it_is_told(string body)
    {
        EncodedFile.Write(At("b.wav"), EncodedFile.WavFloat, 22050, 2, [0.5f, -0.5f, 0.25f, 0.75f]);
        foreach (string? program in new[] { null, At("nothing"), Script(body) })
        {
            using DecoderPool pool = new(program, Patience);
            Assert.Equal([0, 0.5f], AudioFile.ReadMono(At("b.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
            Assert.NotNull(pool.Problem);
        }
    }

    [Fact]
    public void A_process_that_others_have_ended_is_replaced()
    {
        EncodedFile.Write(At("b.wav"), EncodedFile.WavFloat, 22050, 1, [0.5f, -0.5f]);
        using DecoderPool pool = new(DecoderProgram.Find(), Patience);
        DecodeBuffer buffer = new(pool);
        Assert.Equal([0.5f, -0.5f], AudioFile.ReadMono(At("b.wav"), 22050, buffer, default).ToArray());
        int first = Assert.Single(pool.Numbers);
        using (System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(first))
        {
            process.Kill();
            process.WaitForExit();
        }

        Assert.Equal([0.5f, -0.5f], AudioFile.ReadMono(At("b.wav"), 22050, buffer, default).ToArray());
        Assert.NotEqual(first, Assert.Single(pool.Numbers));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1024)]
    public void Both_ways_of_decoding_give_the_same_samples(int channels)
    {
        EncodedFile.Write(At("c.wav"), EncodedFile.WavFloat, 22050, channels, Signals.Voice(1500 * channels));
        using DecoderPool here = new(null, Patience);
        float[] own = AudioFile.ReadMono(At("c.wav"), 22050, new DecodeBuffer(here), default).ToArray();
        Assert.Equal(own, AudioFile.ReadMono(At("c.wav")));
        Assert.Equal(1500, own.Length);
    }

    [Fact]
    public void A_warm_process_costs_no_more_memory_than_none()
    {
        EncodedFile.Write(At("c.wav"), EncodedFile.Wav16, 22050, 2, Signals.Voice(80_000));
        using DecoderPool here = new(null, Patience), there = new(DecoderProgram.Find(), Patience);
        Assert.InRange(Allocated(there), 1, Allocated(here) + 100);

        long Allocated(DecoderPool pool)
        {
            DecodeBuffer buffer = new(pool);
            long least = long.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                AudioFile.ReadMono(At("c.wav"), 22050, buffer, default);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Named(string name)
    {
        File.WriteAllText(At(name), "a tone...");
        return At(name);
    }

    private string Script(string body) => FaultyLibrary.WriteScript(At("program"), body);

    private string Faulty()
    {
        string? program = FaultyLibrary.Make(_folder, DecoderProgram.Find()!);
        Skip.If(program is null, "there is no C compiler");
        return program!;
    }

    private sealed class CollectingSink(int files) : IImageSink
    {
        public float[]?[] Images { get; } = new float[]?[files];

        public GpuSerException?[] Errors { get; } = new GpuSerException?[files];

        public Span<float> Begin(int file, int frames) => Images[file] = new float[frames * FeatureExtractor.Rows];

        public void Completed(int file)
        {
        }

        public void Failed(int file, GpuSerException error) => Errors[file] = error;
    }
}
