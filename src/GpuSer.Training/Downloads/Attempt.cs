using System.Net;
using System.Net.Http.Headers;

namespace GpuSer.Training.Downloads;

/// <summary>One connection to the server: takes what is missing of the file, until it is whole or the connection breaks off.</summary>
internal sealed class Attempt(DownloadOptions options, HttpClient client, PartialFile part, IProgress<DownloadProgress>? progress)
{
    private const int ChunkBytes = 1 << 17;

    /// <summary>Bytes that came.</summary>
    public long Fetched { get; private set; }

    /// <exception cref="BrokenOffException">The connection ended, or the server fell silent, before the file was whole.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        RangeConditionHeaderValue? mark = part.MarkFor(options.Url);
        long start = mark is null ? 0 : part.Length;
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using HttpRequestMessage request = new(HttpMethod.Get, options.Url);
        if (mark is not null)
        {
            request.Headers.Range = new RangeHeaderValue(start, null);
            request.Headers.IfRange = mark;
        }

        bool startOver;
        try
        {
            patience.CancelAfter(options.Timeout);
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            startOver = mark is not null && !Continues(response, start, mark);
            if (!startOver)
            {
                await TakeAsync(response, mark is not null, patience, cancellation).ConfigureAwait(false);
            }
        }
        catch (HttpRequestException error)
        {
            throw new DownloadException(options.Url, $"cannot be fetched: {Innermost(error)}; check the connection and the address", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadException(options.Url, $"the server did not answer within {options.Timeout.TotalSeconds:0} s; try again later", error);
        }

        if (startOver)
        {
            part.Delete();
            await RunAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Whether an answer to a range goes on with the part, or gives the file anew; false where the part is of no use.</summary>
    private static bool Continues(HttpResponseMessage response, long start, RangeConditionHeaderValue mark)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent => range?.From == start && PartialFile.SameVersion(mark, response),
            // Nothing behind the part: it is whole, if the file is as long.
            HttpStatusCode.RequestedRangeNotSatisfiable => range?.Length == start && PartialFile.SameVersion(mark, response),
            _ => true,
        };
    }

    private async Task TakeAsync(HttpResponseMessage response, bool ranged, CancellationTokenSource patience, CancellationToken cancellation)
    {
        if (ranged && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return;
        }

        bool append = ranged && response.StatusCode == HttpStatusCode.PartialContent;
        if (!append && response.StatusCode != HttpStatusCode.OK)
        {
            throw new DownloadException(options.Url, $"the server answers {(int)response.StatusCode} ({response.ReasonPhrase}); check the address");
        }

        HttpContentHeaders headers = response.Content.Headers;
        long? total = append ? headers.ContentRange!.Length : headers.ContentLength;
        FileStream file = append ? part.Append() : part.Begin(options.Url, response);
        long length = append ? file.Position : 0;
        await using (file.ConfigureAwait(false))
        {
            Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            byte[] chunk = new byte[ChunkBytes];
            while (true)
            {
                patience.CancelAfter(options.Timeout);
                int count = await ReadAsync(body, chunk, patience, cancellation).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                part.Guard(() => file.Write(chunk, 0, count));
                length += count;
                Fetched += count;
                progress?.Report(new DownloadProgress(length, total));
            }

            part.Guard(() => file.Flush(flushToDisk: true));
        }

        if (total is not null && length != total)
        {
            throw new BrokenOffException($"the server sent {length:N0} bytes of {total:N0}.");
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] chunk, CancellationTokenSource patience, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(chunk, patience.Token).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new BrokenOffException(error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new BrokenOffException("the server fell silent.", error);
        }
    }

    private static string Innermost(Exception error) => (error.InnerException is null ? error : error.GetBaseException()).Message;
}

/// <summary>The connection ended before the file did.</summary>
internal sealed class BrokenOffException(string message, Exception? cause = null) : Exception(message, cause);
