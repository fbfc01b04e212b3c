import { useQuery } from '@tanstack/react-query';
import { api, call } from '../../api/client';

export const useCatalogue = () => useQuery({ queryKey: ['catalogue'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/catalogue')) });
